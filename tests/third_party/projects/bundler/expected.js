var h=({width:e,height:t})=>e*t;var p={shapes:[{width:2,height:3},{width:4,height:5}]};var a=p.shapes;console.log(a.map(e=>h(e)).reduce((e,t)=>e+t,0));
