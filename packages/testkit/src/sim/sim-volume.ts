import { errnoError } from "./errno.ts";
import { type ContentChange, SimFileContent } from "./sim-file-content.ts";
import type { SimRandom } from "./sim-random.ts";

/** A directory: its names as processes see them, and the names that are on the disk. */
class SimDirectory {
  readonly names: Map<string, SimNode> = new Map();
  readonly durableNames: Map<string, SimNode> = new Map();
}

type SimNode = SimDirectory | SimFileContent;

/** One name that changes hands; `before` or `after` is `undefined` where there is nothing. */
interface NameChange {
  readonly directory: SimDirectory;
  readonly name: string;
  readonly before: SimNode | undefined;
  readonly after: SimNode | undefined;
}

/** Changes of names that happen together or not at all, as the two of a rename do. */
type NameOperation = readonly NameChange[];

/** Writes that were under way at a crash, by file. */
export type InFlightWrites = ReadonlyMap<SimFileContent, readonly ContentChange[]>;

/**
 * A file tree, and what a power loss would leave of it. Synchronous: when an operation ends is the business of
 * {@link SimDisk}.
 *
 * A change of names is durable once a directory it touches was synced. At a crash each of the others is kept or lost
 * by itself, but for what it builds on: if a change survives, so do the earlier ones of the same names.
 */
export class SimVolume {
  readonly #root: SimDirectory = new SimDirectory();
  #pending: NameOperation[] = [];

  /** The file at `path`. @throws `ENOENT`, `EISDIR` */
  file(path: string): SimFileContent {
    const { node } = this.#locate(path);
    if (!node) throw errnoError("ENOENT", "no such file", { path });
    if (!(node instanceof SimFileContent)) throw errnoError("EISDIR", "is a directory", { path });
    return node;
  }

  /** @throws `EEXIST`, `ENOENT` */
  createFile(path: string): SimFileContent {
    const { directory, name, node } = this.#locate(path);
    if (node) throw errnoError("EEXIST", "name is taken", { path });
    const file = new SimFileContent();
    this.#apply([{ directory, name, before: undefined, after: file }]);
    return file;
  }

  /** Makes the directory and its parents. @throws `ENOTDIR` */
  makeDirectory(path: string): void {
    let directory = this.#root;
    for (const name of segments(path)) {
      let next = directory.names.get(name);
      if (!next) {
        next = new SimDirectory();
        this.#apply([{ directory, name, before: undefined, after: next }]);
      }
      if (!(next instanceof SimDirectory)) throw errnoError("ENOTDIR", "is a file", { path });
      directory = next;
    }
  }

  /** @throws `ENOENT`, `ENOTDIR` */
  list(path: string): string[] {
    return [...this.#directory(path).names.keys()].sort();
  }

  /** @throws `ENOENT`, and `EISDIR` or `ENOTEMPTY` if `to` is a directory in the way */
  rename(from: string, to: string): void {
    const source = this.#locate(from);
    const target = this.#locate(to);
    const { node } = source;
    if (!node) throw errnoError("ENOENT", "no such file", { path: from });
    if (node === target.node) return;
    if (target.node instanceof SimDirectory) {
      if (node instanceof SimFileContent)
        throw errnoError("EISDIR", "is a directory", { path: to });
      if (target.node.names.size > 0) throw errnoError("ENOTEMPTY", "is not empty", { path: to });
    }
    this.#apply([
      { directory: source.directory, name: source.name, before: node, after: undefined },
      { directory: target.directory, name: target.name, before: target.node, after: node },
    ]);
  }

  /** No effect if there is nothing. @throws `EISDIR` */
  remove(path: string): void {
    if (!this.#exists(path)) return;
    const { directory, name, node } = this.#locate(path);
    if (node instanceof SimDirectory) throw errnoError("EISDIR", "is a directory", { path });
    this.#apply([{ directory, name, before: node, after: undefined }]);
  }

  /** Removes name by name, the directory last, so that a crash can leave any part. */
  removeDirectory(path: string): void {
    if (!this.#exists(path)) return;
    const { directory, name, node } = this.#locate(path);
    if (node instanceof SimDirectory) {
      for (const child of [...node.names.keys()]) this.removeDirectory(`${path}/${child}`);
    }
    this.#apply([{ directory, name, before: node, after: undefined }]);
  }

  /** What a sync of the directory that starts now covers. Give it to {@link settleNames} when the sync has ended. */
  pendingNames(path: string): readonly NameOperation[] {
    const directory = this.#directory(path);
    return this.#pending.filter((operation) =>
      operation.some((change) => change.directory === directory),
    );
  }

  /** Makes the operations durable, with everything they build on. */
  settleNames(operations: readonly NameOperation[]): void {
    const durable = withGrounds(this.#pending, (operation) => operations.includes(operation));
    for (const operation of durable) applyDurably(operation);
    this.#pending = this.#pending.filter((operation) => !durable.has(operation));
  }

  /** Paths of all files as processes see them, sorted. */
  paths(): string[] {
    const walk = (directory: SimDirectory, prefix: string): string[] =>
      [...directory.names].flatMap(([name, node]) =>
        node instanceof SimDirectory ? walk(node, `${prefix}/${name}`) : `${prefix}/${name}`,
      );
    return walk(this.#root, "").sort();
  }

  /** Bytes of all files together. */
  usedBytes(): number {
    return this.paths().reduce((sum, path) => sum + this.file(path).size, 0);
  }

  /** Puts a durable file at `path`, with its directories, replacing what is there. */
  plant(path: string, content: Uint8Array): void {
    const parent = `/${segments(path).slice(0, -1).join("/")}`;
    this.makeDirectory(parent);
    const { directory, name, node } = this.#locate(path);
    const file = new SimFileContent(content);
    this.#apply([{ directory, name, before: node, after: file }]);
    const isOnPath = segments(path).map((_, i, all) => `/${all.slice(0, i).join("/")}`);
    for (const ancestor of isOnPath) this.settleNames(this.pendingNames(ancestor));
  }

  /** The tree as a power loss leaves it. This one is left as it is. */
  crashed(random: SimRandom, inFlight: InFlightWrites): SimVolume {
    const kept = withGrounds(this.#pending, () => random.chance(0.5));
    const images = new Map<SimDirectory, Map<string, SimNode>>();
    const namesOf = (directory: SimDirectory): Map<string, SimNode> => {
      let names = images.get(directory);
      if (!names) images.set(directory, (names = new Map(directory.durableNames)));
      return names;
    };
    for (const operation of this.#pending) {
      if (kept.has(operation))
        for (const change of operation) apply(namesOf(change.directory), change);
    }
    const copy = (directory: SimDirectory, target: SimDirectory): void => {
      for (const [name, node] of [...namesOf(directory)].sort(byName)) {
        const image =
          node instanceof SimDirectory
            ? new SimDirectory()
            : node.crashed(random, inFlight.get(node) ?? []);
        if (node instanceof SimDirectory) copy(node, image as SimDirectory);
        target.names.set(name, image);
        target.durableNames.set(name, image);
      }
    };
    const result = new SimVolume();
    copy(this.#root, result.#root);
    return result;
  }

  #apply(operation: NameOperation): void {
    for (const change of operation) apply(change.directory.names, change);
    this.#pending.push(operation);
  }

  #directory(path: string): SimDirectory {
    let directory = this.#root;
    for (const name of segments(path)) {
      const next = directory.names.get(name);
      if (!next) throw errnoError("ENOENT", "no such directory", { path });
      if (!(next instanceof SimDirectory)) throw errnoError("ENOTDIR", "is a file", { path });
      directory = next;
    }
    return directory;
  }

  #exists(path: string): boolean {
    let node: SimNode | undefined = this.#root;
    for (const name of segments(path)) {
      node = node instanceof SimDirectory ? node.names.get(name) : undefined;
    }
    return node !== undefined;
  }

  #locate(path: string): { directory: SimDirectory; name: string; node: SimNode | undefined } {
    const names = segments(path);
    const name = names.pop();
    if (name === undefined) throw errnoError("EINVAL", "the root is no file", { path });
    const directory = this.#directory(names.join("/"));
    return { directory, name, node: directory.names.get(name) };
  }
}

/**
 * The operations of `pending` that are chosen, and those they build on: the earlier ones of a name they touch. Chosen
 * from the latest to the earliest.
 */
function withGrounds(
  pending: readonly NameOperation[],
  isChosen: (operation: NameOperation) => boolean,
): Set<NameOperation> {
  const chosen = new Set<NameOperation>();
  const touched = new Map<SimDirectory, Set<string>>();
  for (const operation of pending.toReversed()) {
    const isGround = operation.some(({ directory, name }) => touched.get(directory)?.has(name));
    if (!isChosen(operation) && !isGround) continue;
    chosen.add(operation);
    for (const { directory, name } of operation) {
      const names = touched.get(directory);
      if (names) names.add(name);
      else touched.set(directory, new Set([name]));
    }
  }
  // In the order they were done.
  return new Set([...chosen].reverse());
}

function applyDurably(operation: NameOperation): void {
  for (const change of operation) apply(change.directory.durableNames, change);
}

function apply(names: Map<string, SimNode>, change: NameChange): void {
  if (change.after) names.set(change.name, change.after);
  else if (names.get(change.name) === change.before) names.delete(change.name);
}

function segments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "" && segment !== ".");
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
