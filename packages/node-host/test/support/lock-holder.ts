/** Takes the lock named on the command line, says so, and holds it until it is killed. */
import { nodeHost } from "@oxbow/node-host";

const path = process.argv[2] as string;
try {
  await nodeHost().disk.lock("TEST", path);
  console.log("locked");
} catch (error) {
  console.log((error as { code?: string }).code);
}
process.stdin.resume();
