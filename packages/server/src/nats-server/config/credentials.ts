import { aliases, type Fields } from "./reading.ts";
import { text } from "./values.ts";

/** The name and the password of one user, under both names that nats-server knows for each. */
export const nameAndPassword: Fields<{
  user?: string | undefined;
  password?: string | undefined;
}> = {
  ...aliases(
    ["user", "username"],
    text((target, value) => {
      target.user = value;
    }),
  ),
  ...aliases(
    ["pass", "password"],
    text((target, value) => {
      target.password = value;
    }),
  ),
};

/** Credentials of one user, or a token: what the `authorization` of a door for clients has. */
export const simpleCredentials: Fields<{ user?: string; password?: string; token?: string }> = {
  ...nameAndPassword,
  token: text((target, value) => {
    target.token = value;
  }),
};
