import { area } from "./shapes";

console.log(area({ width: 1, height: 2 }));
