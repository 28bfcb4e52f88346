group_by(.status)
| map({
    status: .[0].status,
    count: length,
    bytes: map(.bytes) | add,
    paths: map(.path) | unique,
    first: (map(.ts | fromdate) | min | todate)
  })
