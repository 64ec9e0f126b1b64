#!/usr/bin/env python
"""`python manage.py …` does the same as the installed command `tongchuang …`."""

from tongchuang.__main__ import main

if __name__ == "__main__":
    main()
