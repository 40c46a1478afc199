import type { ConfigDraft } from "./draft.ts";
import { aliases, type Fields } from "./reading.ts";
import { boolean, integer, text } from "./values.ts";

/** Keys that say what is logged, and where. */
export const loggingFields: Fields<ConfigDraft> = {
  debug: boolean(({ logging }, value) => {
    logging.debug = value;
  }),
  trace: boolean(({ logging }, value) => {
    logging.trace = value;
  }),
  trace_verbose: boolean(({ logging }, value) => {
    logging.traceVerbose = value;
    logging.trace = value;
  }),
  trace_headers: boolean(({ logging }, value) => {
    logging.traceHeaders = value;
    logging.trace = value;
  }),
  logtime: boolean(({ logging }, value) => {
    logging.time = value;
  }),
  logtime_utc: boolean(({ logging }, value) => {
    logging.timeUtc = value;
  }),
  ...aliases(
    ["logfile", "log_file"],
    text(({ logging }, value) => {
      logging.file = value;
    }),
  ),
  ...aliases(
    ["logfile_size_limit", "log_size_limit"],
    integer(({ logging }, value) => {
      logging.fileSizeMax = value;
    }),
  ),
  ...aliases(
    ["logfile_max_num", "log_max_num"],
    integer(({ logging }, value) => {
      logging.filesMax = value;
    }),
  ),
  syslog: boolean(({ logging }, value) => {
    logging.syslog = value;
  }),
  remote_syslog: text(({ logging }, value) => {
    logging.remoteSyslog = value;
  }),
  max_traced_msg_len: integer(({ logging }, value) => {
    logging.tracedLengthMax = value;
  }),
};
