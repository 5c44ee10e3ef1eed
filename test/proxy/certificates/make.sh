#!/bin/sh
# Made the certificates beside it, once; tests only read them. They guard nothing: their keys are public.
# Valid from 2020 to 2120, whatever the day on which this runs; `expired` was valid for a day.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
: > "$work/index"

cat > "$work/config" <<'CONFIG'
[ca]
default_ca = test
[test]
database = $ENV::work/index
new_certs_dir = $ENV::work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $ENV::names
CONFIG

# name, subject, alternative names, kind, end, how it is signed
certify() {
  export work names="$3"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$work/$1.csr" 2> "$work/log"
  kind=$4 end=$5 name=$1
  shift 5
  openssl ca -batch -notext -config "$work/config" -in "$work/$name.csr" -out "$name.crt" -extensions "$kind" \
    -startdate 20200101000000Z -enddate "$end" "$@" 2> "$work/log" || { cat "$work/log"; exit 1; }
}

certify authority "call-records test authority" DNS:unused authority 21200101000000Z -selfsign -keyfile authority.key
signed="-cert authority.crt -keyfile authority.key"
certify vendor vendor.test DNS:vendor.test leaf 21200101000000Z $signed
certify proxy localhost DNS:localhost,IP:127.0.0.1 leaf 21200101000000Z $signed
certify expired vendor.test DNS:vendor.test leaf 20200102000000Z $signed

# Nobody shall sign anything with it any more.
rm -r "$work" authority.key
