n=0
for name in world wasm; do
  n=$((n + 1))
  printf 'hello %s (%d)\n' "$name" "$n"
done
exit $((n + 1))
