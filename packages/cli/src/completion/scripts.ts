/** Shells that can be told how to complete `oxbow`. */
export const shells = ["bash", "zsh"] as const;
export type Shell = (typeof shells)[number];

/**
 * What a shell runs once. It asks `oxbow __complete` with the words before the cursor, whose first line of output says what
 * follows: `words`, one a line with what it means behind a tab, or `files`, for which the shell knows better. Nothing of
 * it is evaluated, as the usual scripts of libraries do, whose names of a server could be commands.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of oxbow in bash. In ~/.bashrc:  eval "$(oxbow completion bash)"
_oxbow() {
  local kind line
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS= read -r line; do
      COMPREPLY+=("\${line%%$'\\t'*}")
    done
  } < <(oxbow __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ $kind == files ]]; then compopt -o default 2>/dev/null; fi
}
complete -F _oxbow oxbow
`,
  zsh: `#compdef oxbow
# Completion of oxbow in zsh. In ~/.zshrc, behind compinit:  eval "$(oxbow completion zsh)"
_oxbow() {
  local -a lines values shown
  local line
  lines=("\${(@f)$(oxbow __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == files ]]; then
    _files
    return
  fi
  for line in "\${(@)lines[2,-1]}"; do
    [[ -n $line ]] || continue
    values+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  -- }")
  done
  (( $#values )) || return 1
  compadd -l -d shown -- "$values[@]"
}
if [[ $funcstack[1] == _oxbow ]]; then
  _oxbow "$@"
else
  compdef _oxbow oxbow
fi
`,
};
