/** By which methods are told apart at a glance; their names stand there, too. */
export const methodColours: Readonly<Record<string, string>> = {
  GET: "blue",
  POST: "green",
  PUT: "orange",
  PATCH: "yellow",
  DELETE: "red",
};
