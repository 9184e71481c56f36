#!/bin/sh
# Installs Debian packages without letting them start or enable anything system-wide.
# usage, as root: install-packages.sh PACKAGE[|OTHER-NAME]…    (the first name that apt knows is taken)
#
# While apt runs, /usr/sbin/policy-rc.d forbids starting services (exit code 101, see invoke-rc.d(8)).
# One that is there already is kept. Where systemd runs, units that come with this very install are
# disabled again; units that were there before are never touched.
set -eu

export DEBIAN_FRONTEND=noninteractive
export LC_ALL=C
PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH"

policy=/usr/sbin/policy-rc.d
mark='# written by stormcart for the length of one install'
scratch=$(mktemp -d)
wrote_policy=

is_ours() { grep -qF "$mark" "$policy" 2>/dev/null; }

clean_up() {
  if [ -n "$wrote_policy" ] && is_ours; then rm -f "$policy"; fi
  rm -rf "$scratch"
}
trap clean_up EXIT
# apt-get has the terminal's Ctrl-C as well and ends in a state that dpkg can repair.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

installed() { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u; }

# A list that fails to refresh (one dead mirror) is no reason to stop: the install itself will say.
apt-get -q -o DPkg::Lock::Timeout=120 update || echo 'apt-get update failed; going on with the lists at hand' >&2

packages=
for choice in "$@"; do
  found=
  for name in $(echo "$choice" | tr '|' ' '); do
    if apt-cache show "$name" >/dev/null 2>&1; then found=$name; break; fi
  done
  if [ -z "$found" ]; then
    echo "apt knows no package $choice" >&2
    exit 1
  fi
  packages="$packages $found"
done

# An older install of ours that was killed outright may have left its own behind.
if [ ! -e "$policy" ] || is_ours; then
  wrote_policy=yes
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi

installed >"$scratch/before"
# shellcheck disable=SC2086  # package names hold no spaces; each is one argument
apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 install $packages
installed >"$scratch/after"

if [ -d /run/systemd/system ]; then
  comm -13 "$scratch/before" "$scratch/after" | while read -r package; do
    dpkg -L "$package" 2>/dev/null | sed -n 's#^\(/usr\)\{0,1\}/lib/systemd/system/\([^/@]*\.\(service\|socket\|timer\)\)$#\2#p'
  done | sort -u | while read -r unit; do
    systemctl disable "$unit" </dev/null >&2 || echo "could not disable $unit" >&2
  done
fi
