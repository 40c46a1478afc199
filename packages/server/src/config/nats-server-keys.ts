/** Top-level keys nats-server 2.15 knows, so that one of them is never called unknown. */
export const natsServerKeys: ReadonlySet<string> = words(`
  client_advertise server_tags server_metadata logfile log_file logfile_size_limit logfile_max_num syslog
  remote_syslog pidfile pid_file ports_file_dir prof_port prof_block_rate max_sub_tokens max_subscription_tokens
  max_traced_msg_len max_closed_clients write_timeout lame_duck_duration lame_duck_grace_period no_header_support
  disable_sublist_cache no_fast_producer_stall http https http_port monitor_port https_port http_base_path tls
  allow_non_tls ocsp ocsp_cache accounts no_auth_user system_account system no_system_account mappings maps operator
  operators root roots resolver account_resolver resolver_preload resolver_tls resolver_pinned_accounts trusted
  trusted_keys default_sentinel proxies proxy_protocol default_js_domain cluster gateway leafnodes leaf websocket ws
  mqtt feature_flags connect_error_reports reconnect_error_reports default_permissions permissions
`);

/** The same for the blocks that are read here. */
export const natsServerBlockKeys: Readonly<
  Record<"authorization" | "jetstream" | "user", ReadonlySet<string>>
> = {
  authorization: words("default_permissions permissions auth_callout proxy_required"),
  jetstream: words(`
    domain strict extension_hint limits unique_tag max_outstanding_catchup
    max_buffered_size max_buffered_msgs request_queue_limit info_queue_limit meta_compact meta_compact_size
    meta_compact_sync max_concurrent_io tpm
  `),
  user: words(
    "nkey permissions connection_types allowed_connection_types default_permissions account proxy_required",
  ),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
