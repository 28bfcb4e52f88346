local service = import 'service.libsonnet';

function(replicas=1) {
  [name]: service(name, replicas) { region: std.extVar('region') }
  for name in ['api', 'worker']
}
