# The commands to know. Nothing but Python 3.11+ and make is needed beforehand.
#
#   make run    build everything and start the demonstration city   (PORT=8001 for another port)
#   make test   every test, with the browser and the databases it needs   (ONLY=browser for one part)

PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST ONLY PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test check demo docs bench screenshots lock clean

help:
	@sh scripts/start.sh help

run: ## build what is missing, load the demonstration city, start web server and worker
	@sh scripts/start.sh run

test: ## every test: SQLite, PostgreSQL, browser
	@sh scripts/start.sh test

check: ## formatting, lint, types, layers, migrations, templates: no finding allowed
	@sh scripts/start.sh check

demo: ## throw the demonstration city away and build it anew
	@sh scripts/start.sh demo

docs: ## write the generated pages under docs/
	@sh scripts/start.sh docs

bench: ## measurements; writes docs/reference/performance.md
	@sh scripts/start.sh bench

screenshots: ## the pictures of the READMEs, from a running demonstration
	@sh scripts/start.sh screenshots

lock: ## pin the newest fitting versions of everything (needs a network)
	@sh scripts/start.sh lock

clean: ## remove what was built; the database and its files stay
	@sh scripts/start.sh clean
