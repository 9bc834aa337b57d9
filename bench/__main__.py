"""`make bench`: the book against raw SQL, then the pages against a bare handler."""

from bench import ledger, pages

ledger.main()
pages.main()
