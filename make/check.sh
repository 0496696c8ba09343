#!/bin/sh
# Every check that needs no test, each with its verdict; all of them run, also after one failed.
set -u

python=.venv/bin/python
said=$(mktemp)
trap 'rm -f "$said"' EXIT
failed=0

check() {
    name=$1
    shift
    if "$@" >"$said" 2>&1; then
        echo "ok     $name"
    else
        echo "FAILED $name: $*"
        sed 's/^/       /' "$said"
        failed=1
    fi
}

production() {
    env DJANGO_SETTINGS_MODULE=portal.settings.prod DEMO=0 \
        SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF \
        DATABASE_URL=postgres://hub@db.example/hub CELERY_BROKER_URL=amqp://mq.example// \
        CACHE_URL=redis://cache.example/1 EMAIL_URL=smtp+tls://mail.example:587 \
        ALLOWED_HOSTS=portal.example PUBLIC_URL=https://portal.example FILES_URL=/srv/hub/files \
        "$python" manage.py check --deploy --fail-level WARNING
}

check "formatting" "$python" -m ruff format --check .
check "lint" "$python" -m ruff check .
check "types" "$python" -m mypy
check "import contracts" "$python" -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo
check "missing migrations" "$python" manage.py makemigrations --check --dry-run
check "templates" "$python" -m djlint templates --lint --quiet
check "production settings" production
if command -v xgettext >/dev/null 2>&1; then
    check "stale translations" "$python" manage.py compile_translations --check
else
    echo "left out: stale translations (needs xgettext; Debian, Ubuntu: apt-get install gettext)"
fi
"$python" manage.py embedded release >/dev/null 2>&1
exit $failed
