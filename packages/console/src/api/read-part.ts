/** Reads no more of an answer than is shown, however large it is. */
export async function readPart(
  response: Response,
  bytesMax: number,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly isCut: boolean }> {
  const reader = response.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let read = 0;
  while (reader !== undefined && read <= bytesMax) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    read += value.length;
  }
  const isCut = read > bytesMax;
  if (isCut) await reader?.cancel();
  return {
    bytes: new Uint8Array(await new Blob(parts).arrayBuffer()).subarray(0, bytesMax),
    isCut,
  };
}
