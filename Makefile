# What a person types. Each target is one line of `make help`; the work is in make/*.sh.

PYTHON_HERE := .venv/bin/python
CAMPAIGN := tests/faults/test_door_faults.py tests/faults/test_pay_run_kills.py tests/faults/test_restarted_database.py tests/browser/door/test_killed_phones.py tests/browsers_elsewhere
SUITE := suite or not (browser or fault or long)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL := help
.PHONY: demo test journeys check bench seeds simulate campaign setup help environment environment-dev catalogues

demo: environment catalogues ## run the portal with its sample network on http://127.0.0.1:8000 (PORT=8001 for another port)
	@DEMO=1 exec $(PYTHON_HERE) manage.py serve --before load_demo --welcome portal/demo/welcome.txt

test: environment-dev catalogues ## set up what tests need and run the suite
	@sh make/test.sh -m "$(SUITE)"
	@echo "Most browsers, killed processes and long tests: make journeys"

journeys: environment-dev catalogues ## the rest of the suite: every browser journey, killed processes, what takes long (15 minutes)
	@sh make/test.sh -m "not ($(SUITE))"

check: environment-dev ## formatting, lint, types, import contracts, migrations, templates, translations
	@sh make/check.sh

seeds: environment-dev ## two phones with the same packages, 500 orders of being heard (SEEDS=n for another number)
	@DOOR_SEEDS=$(or $(SEEDS),500) sh make/test.sh tests/races/test_door.py -k opposite_orders

simulate: environment-dev catalogues ## a network's month from each of 20 seeds, every promise checked every day (SEEDS=200, or SEED=7 for one)
	@SIMULATION_SEEDS=$(or $(SEEDS),20) SIMULATION_SEED=$(SEED) sh make/test.sh --dist load -s tests/simulation

bench: environment-dev catalogues ## the benchmark table (ONLY=name,name for some)
	@exec $(PYTHON_HERE) -m benchmarks $(if $(ONLY),--only "$(ONLY)")

campaign: environment-dev catalogues ## what takes long: killed browsers, processes, lines in numbers, cameras elsewhere (ROUNDS=20 KILLS=200)
	@DOOR_ROUNDS=$(or $(ROUNDS),20) DOOR_KILLS=$(or $(KILLS),200) PAY_RUN_KILLS=$(or $(KILLS),100) sh make/test.sh -rP -m "campaign or fault or browser" $(CAMPAIGN)

setup: environment catalogues ## virtualenv, packages and a migrated database; afterwards .venv/bin/python manage.py … works
	@$(PYTHON_HERE) manage.py migrate --no-input --verbosity 0
	@$(PYTHON_HERE) manage.py embedded release
	@echo "Ready: .venv/bin/python manage.py help"

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

environment:
	@sh make/environment.sh requirements.txt

environment-dev:
	@sh make/environment.sh requirements.txt requirements-dev.txt

catalogues: $(CATALOGUES)

%.mo: %.po | environment
	@$(PYTHON_HERE) manage.py compile_translations "$<"
