import { area, type Shape } from "./shape";
import data from "./data.json";

const shapes: Shape[] = data.shapes;
console.log(shapes.map((shape) => area(shape)).reduce((a, b) => a + b, 0));
