function(name, replicas) {
  assert replicas > 0 : 'no replicas of ' + name,
  image: 'registry.example.com/%s:1.4.0' % name,
  replicas: replicas,
  digest: std.sha256(self.image),
  ports: std.map(function(n) 8080 + n, std.range(0, replicas - 1)),
}
