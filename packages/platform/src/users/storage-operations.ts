import type { Access } from "./access.ts";
import { mayPublish } from "./may-publish.ts";
import { permissionsOf } from "./permissions.ts";

/** A bucket, or a store of objects, that stands for others. */
interface Place {
  readonly name: string;
  readonly stream: string;
}

const api = "$JS.API";
const consuming = ({ stream }: Place): string[] => [`${api}.CONSUMER.CREATE.${stream}.x.x`];
const looking = ({ stream }: Place): string[] => [`${api}.STREAM.INFO.${stream}`];
const making = ({ stream }: Place): string[] => [`${api}.STREAM.CREATE.${stream}`];
const deleting = ({ stream }: Place): string[] => [`${api}.STREAM.DELETE.${stream}`];
const listing = (): string[] => [`${api}.STREAM.LIST`];

/** What operations on buckets publish, by their names over HTTP. */
const ofBuckets: Readonly<Record<string, (place: Place) => string[]>> = {
  "kv.list": listing,
  "kv.create": making,
  "kv.get": looking,
  "kv.delete": deleting,
  "kv.keys": consuming,
  "kv.getValue": ({ name, stream }) => [`${api}.DIRECT.GET.${stream}.$KV.${name}.x`],
  "kv.history": consuming,
  "kv.watch": consuming,
  "kv.putValue": ({ name }) => [`$KV.${name}.x`],
  "kv.deleteValue": ({ name }) => [`$KV.${name}.x`],
};

/** And on stores of objects. */
const ofStores: Readonly<Record<string, (place: Place) => string[]>> = {
  "objectStore.list": listing,
  "objectStore.create": making,
  "objectStore.get": looking,
  "objectStore.delete": deleting,
  "object.list": consuming,
  "object.info": ({ stream }) => [`${api}.STREAM.MSG.GET.${stream}`],
  "object.get": consuming,
  "object.put": ({ name }) => [`$O.${name}.C.x`, `$O.${name}.M.x`],
  "object.delete": ({ name, stream }) => [`$O.${name}.M.x`, `${api}.STREAM.PURGE.${stream}`],
};

/**
 * What somebody may do with buckets and stores of objects, with some where it is about one. They are streams that belong to
 * no station, so that no right of the platform is about them: what the engine is told lets somebody at them, or does not.
 */
export function storageOperations(access: Access): string[] {
  const permissions = permissionsOf(access);
  const patterns = [...access.read, ...access.write];
  const placesOf = (start: string): Place[] =>
    [`${start}x`, ...patterns.filter((each) => each.startsWith(start))].map((pattern) => {
      const stream = pattern.replaceAll("*", "x");
      return { stream, name: stream.slice(start.length) };
    });
  const allowed = (operations: typeof ofBuckets, places: readonly Place[]): string[] =>
    Object.entries(operations)
      .filter(([, subjectsOf]) =>
        places.some((place) => subjectsOf(place).every((each) => mayPublish(permissions, each))),
      )
      .map(([operation]) => operation);
  return [...allowed(ofBuckets, placesOf("KV_")), ...allowed(ofStores, placesOf("OBJ_"))];
}
