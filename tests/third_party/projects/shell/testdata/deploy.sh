#!/bin/bash
set -eu
deploy ( ) {
local target="$1"   # where to
if [ -z "$target" ] ; then echo "usage: deploy TARGET" >&2 ; return 2 ; fi
case "$target" in
prod|stage) for f in *.wasm; do
      gzip -k9 "$f" && scp "$f.gz" "$target:/srv/" ||exit 1
done;;
*) echo "unknown: $target";;
esac
cat <<-END
	done: $(date +%F)
	END
}
deploy "${1:-}"
