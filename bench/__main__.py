"""`make bench`: the book, a patrol and imports against raw SQL, then the pages against a bare handler."""

from bench import imports, ledger, pages, patrol

ledger.main()
patrol.main()
imports.main()
pages.main()
