import type { Deleted, NameFilter, Page, PageRequest } from "../types/common.ts";
import type {
  AccessKeyId,
  AccessKeyRequest,
  AccessKeyWithSecret,
  OfTenant,
  PasswordAnswer,
  PasswordChange,
  PasswordChanged,
  PasswordQuestion,
  PasswordRequest,
  User,
  UserChanges,
  UserRequest,
  UserWithPassword,
} from "../types/user.ts";
import { change, type Entries, type Operation, ofUser, read } from "./operation.ts";

/** What is asked about users. */
export interface UserOperations {
  "user.create": Operation<["user"], UserRequest & OfTenant, UserWithPassword>;
  "user.list": Operation<[], PageRequest & NameFilter & OfTenant, Page<User>>;
  "user.get": Operation<["user"], OfTenant, User>;
  "user.edit": Operation<["user"], UserChanges & OfTenant, User>;
  "user.setPassword": Operation<["user"], PasswordRequest & OfTenant, UserWithPassword>;
  "user.checkPassword": Operation<["user"], PasswordQuestion & OfTenant, PasswordAnswer>;
  "user.changePassword": Operation<[], PasswordChange, PasswordChanged>;
  "user.addKey": Operation<["user"], AccessKeyRequest & OfTenant, AccessKeyWithSecret>;
  "user.removeKey": Operation<["user"], AccessKeyId & OfTenant, Deleted>;
  "user.delete": Operation<["user"], OfTenant, Deleted>;
}

export const userOperations: Entries<UserOperations> = {
  "user.create": {
    ...change,
    subject: "USER.CREATE",
    names: ofUser,
    summary: "makes a user, with a random password unless it says otherwise",
    request: "UserRequest & OfTenant",
    response: "UserWithPassword",
  },
  "user.list": {
    ...read,
    subject: "USER.LIST",
    names: [],
    summary: "lists users by name",
    request: "PageRequest & NameFilter & OfTenant",
    response: "Page<User>",
  },
  "user.get": {
    ...read,
    subject: "USER.GET",
    names: ofUser,
    summary: "describes a user",
    request: "OfTenant",
    response: "User",
  },
  "user.edit": {
    ...change,
    subject: "USER.EDIT",
    names: ofUser,
    summary: "changes what a user may do, and whether it may come in",
    request: "UserChanges & OfTenant",
    response: "User",
  },
  "user.setPassword": {
    ...change,
    subject: "USER.SET_PASSWORD",
    names: ofUser,
    summary: "gives a user another password, and disconnects who has used the one before",
    request: "PasswordRequest & OfTenant",
    response: "UserWithPassword",
  },
  "user.checkPassword": {
    ...read,
    subject: "USER.CHECK_PASSWORD",
    names: ofUser,
    summary: "tells whether a user has a password, to who may give it another",
    request: "PasswordQuestion & OfTenant",
    response: "PasswordAnswer",
  },
  "user.changePassword": {
    ...change,
    subject: "USER.CHANGE_PASSWORD",
    names: [],
    summary:
      "gives who asks another password, for the present one, and disconnects who has used that",
    request: "PasswordChange",
    response: "PasswordChanged",
  },
  "user.addKey": {
    ...change,
    subject: "USER.ADD_KEY",
    names: ofUser,
    summary: "gives a user an access key",
    request: "AccessKeyRequest & OfTenant",
    response: "AccessKeyWithSecret",
  },
  "user.removeKey": {
    ...change,
    subject: "USER.REMOVE_KEY",
    names: ofUser,
    summary: "takes an access key back, and disconnects who has used it",
    request: "AccessKeyId & OfTenant",
    response: "Deleted",
  },
  "user.delete": {
    ...change,
    subject: "USER.DELETE",
    names: ofUser,
    summary: "takes a user out, and disconnects it",
    request: "OfTenant",
    response: "Deleted",
  },
};
