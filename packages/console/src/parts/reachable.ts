/** Of a table in which nothing can be focused: then it can be itself, so that it is scrolled by keys. */
export const reachable = { viewportProps: { tabIndex: 0 } } as const;
