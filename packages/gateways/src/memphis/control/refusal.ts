/** What a client asks for can't be done. The text is what the SDK shows. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
