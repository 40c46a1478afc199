/** Writes 30 buffers of 100 bytes, each full of its index, and prints how that ended. */
import { nodeHost } from "@oxbow/node-host";

const file = await nodeHost().disk.open("TEST", process.argv[2] as string, "create");
const buffers = Array.from({ length: 30 }, (_, i) => Buffer.alloc(100, i));
file.write("TEST", buffers, 0, (error) => {
  console.log(error ? (error as NodeJS.ErrnoException).code : "written");
});
