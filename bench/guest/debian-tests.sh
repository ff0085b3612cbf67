#!/bin/sh
# What `npm run bench -- debian-disk` runs in a Debian guest, out of a tar archive on its second disk. Each step is between two lines that begin with "@T".
# usage: debian-tests.sh [STEP]...; all steps unless told
cd "$(dirname "$0")" || exit 1
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin

apt() { apt-get --version && dpkg-query -W -f 'package ${Version}\n' apt; }

perl_program() { perl program.pl; }

python() { python3 -m test "$1"; }

openssl_sha256() {
  openssl dgst -sha256 -r program.c && openssl speed -seconds 1 sha256
}

openssl_gcm() {
  openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 101112131415161718191a1b1c1d1e1f -in program.c | openssl dgst -sha256 -r &&
    openssl speed -seconds 1 -evp aes-128-gcm
}

gcc_program() {
  gcc -O2 -Wall -Werror -o program program.c && ./program
}

[ $# -gt 0 ] || set -- apt perl_program python:test_math python:test_struct python:test_float python:test_hashlib python:test_zlib \
  openssl_sha256 openssl_gcm gcc_program
for step; do
  echo "@T begin $step"
  case $step in
    *:*) "${step%%:*}" "${step#*:}" ;;
    *) "$step" ;;
  esac 2>&1
  echo "@T end $step $?"
done
sync
echo "@T done"
