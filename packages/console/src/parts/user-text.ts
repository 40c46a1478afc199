/** Who may do everything on a server that asks for no credentials has no name, or this one where there are users, too. */
const guest = "$guest";

/** A user as one says it. */
export function userText(user: string): string {
  return user === "" || user === guest ? "the owner" : user;
}
