import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Admin } from "../load/admin.ts";
import type { CaseEnvironment } from "./case.ts";

/**
 * A data directory that a server filled once, for all rounds to start from; the server was stopped in good order.
 *
 * @param name - What it is called among the kept ones of this server.
 */
export async function keptStore(
  environment: CaseEnvironment,
  name: string,
  fill: (admin: Admin, port: number) => Promise<void>,
): Promise<string> {
  const dir = join(environment.keptDir, name);
  const completeMark = join(environment.keptDir, `${name}-complete`);
  if (existsSync(completeMark)) return dir;
  await mkdir(dir, { recursive: true });
  const server = await environment.server.start({
    dir,
    cpu: environment.serverCpu,
    countsSyncs: false,
  });
  try {
    const admin = await Admin.open(server.port);
    await fill(admin, server.port);
    admin.close();
  } finally {
    await server.stop();
  }
  await writeFile(completeMark, "");
  return dir;
}
