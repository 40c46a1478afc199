import { z } from "zod";

/** Gives a shape its name in the document of the API, beside what else is said of it. */
export function named<Shape extends z.ZodType>(id: string, shape: Shape): Shape {
  z.globalRegistry.add(shape, { ...z.globalRegistry.get(shape), id });
  return shape;
}
