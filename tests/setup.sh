#!/usr/bin/env bash
# Sees that the tests find a browser and a database server. What is missing is installed where that is allowed
# (Debian or Ubuntu, as root or with a sudo that asks nothing), else named, with what will be skipped for it.
set -uo pipefail

has_browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        # Ubuntu's chromium is a stub that asks for a snap: only one that answers counts.
        if timeout 30 "$name" --version >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

has_postgres() {
    local bin
    for bin in /usr/lib/postgresql/*/bin $(pg_config --bindir 2>/dev/null); do
        if [ -x "$bin/initdb" ] && [ "$("$bin/postgres" --version | grep -oE '[0-9]+' | head -1)" -ge 15 ]; then
            return 0
        fi
    done 2>/dev/null
    return 1
}

as_root=
may_install() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -eq 0 ]; then return 0; fi
    as_root="sudo -n"
    sudo -n true 2>/dev/null
}

system=$(. /etc/os-release 2>/dev/null && echo "${ID:-}")
wanted=()
has_postgres || wanted+=(postgresql)
if ! has_browser; then
    # On Ubuntu the package would only bring the stub.
    [ "$system" = ubuntu ] || wanted+=(chromium)
fi

if [ ${#wanted[@]} -gt 0 ] && may_install; then
    echo "Installing for the tests: ${wanted[*]}"
    log=$(mktemp)
    # RUNLEVEL=1 keeps the package from starting a server of its own: the tests start theirs.
    install="env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -y -q"
    if ! { $as_root $install update && $as_root $install install --no-install-recommends "${wanted[@]}"; } \
        >"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
    fi
    rm -f "$log"
fi

has_browser || echo "SKIPPED: the journeys in a browser: no Chromium that runs was found.${system:+ ($system)}" >&2
has_postgres || echo "SKIPPED: the tests on PostgreSQL: no server of version 15 or newer was found." >&2
exit 0
