import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";

const compress = promisify(gzip);
/** Less than this is not worth a header. */
const compressedFromBytes = 1_024;

/** Puts each file that is worth it there a second time, compressed, for the server to send as it is. */
export function compressed(): Plugin {
  return {
    name: "oxbow:compressed",
    apply: "build",
    // What was written is read: steps behind this one may have changed what is in the bundle.
    async writeBundle({ dir = "dist" }, bundle) {
      const written = Object.keys(bundle).map(async (name) => {
        const path = join(dir, name);
        const source = await readFile(path);
        // The page has a number in it that is another one each time.
        if (source.length < compressedFromBytes || name.endsWith(".html")) return;
        await writeFile(`${path}.gz`, await compress(source, { level: 9 }));
      });
      await Promise.all(written);
    },
  };
}

/**
 * Has the page ask for what a module needs together with the script that would ask for it later.
 *
 * @param module - How the path of its source ends.
 */
export function preloaded(module: string): Plugin {
  return {
    name: "oxbow:preloaded",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const first = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
        if (first === undefined) throw new Error(`there is no chunk of ${module}`);
        return [...neededBy(first, chunks)]
          .filter((name) => !html.includes(name))
          .map(
            (name): HtmlTagDescriptor => ({
              tag: "link",
              attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` },
              injectTo: "head",
            }),
          );
      },
    },
  };
}

/** A chunk and all that it imports, and they in turn. */
function neededBy(
  chunk: Rolldown.OutputChunk,
  chunks: readonly Rolldown.OutputChunk[],
  known: Set<string> = new Set(),
): Set<string> {
  if (known.has(chunk.fileName)) return known;
  known.add(chunk.fileName);
  for (const name of chunk.imports) {
    const next = chunks.find(({ fileName }) => fileName === name);
    if (next !== undefined) neededBy(next, chunks, known);
  }
  return known;
}
