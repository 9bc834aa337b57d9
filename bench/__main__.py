"""`make bench`: the book and a patrol against raw SQL, then the pages against a bare handler."""

from bench import ledger, pages, patrol

ledger.main()
patrol.main()
pages.main()
