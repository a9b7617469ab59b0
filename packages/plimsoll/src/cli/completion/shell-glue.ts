/**
 * What each shell reads so that it asks `plimsoll complete` at a Tab: one program knows what may stand where, for all
 * shells. A candidate's description stands behind a tab; `:files` stands for files.
 */
export const shellGlue: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  // bash breaks words at = and : as well (COMP_WORDBREAKS), and inserts what follows the last of them.
  bash: `# bash completion of plimsoll: source <(plimsoll completion bash)
_plimsoll() {
  local -a words
  local line=\${COMP_LINE:0:COMP_POINT} cur skip='' candidate
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=\${words[\${#words[@]}-1]}
  case $cur in *[:=]*) skip=\${cur%"\${cur##*[:=]}"} ;; esac
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "\${cur#"$skip"}")
    else
      COMPREPLY+=("\${candidate#"$skip"}")
    fi
  done < <("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _plimsoll plimsoll kubectl-plimsoll
`,
  zsh: `#compdef plimsoll kubectl-plimsoll
# zsh completion of plimsoll: plimsoll completion zsh > "\${fpath[1]}/_plimsoll"
_plimsoll() {
  local -a lines described
  local line word
  lines=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    word=\${line%%$'\\t'*}
    if [[ $word == :files ]]; then
      _files
    elif [[ -n $word ]]; then
      described+=("\${word//:/\\\\:}:\${\${line#*$'\\t'}/#$word/}")
    fi
  done
  (( \${#described} )) && _describe plimsoll described
}
if [[ \${funcstack[1]} == _plimsoll ]]; then _plimsoll "$@"; else compdef _plimsoll plimsoll kubectl-plimsoll; fi
`,
  fish: `# fish completion of plimsoll: plimsoll completion fish > ~/.config/fish/completions/plimsoll.fish
function __plimsoll_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c plimsoll -f -a '(__plimsoll_complete)'
complete -c kubectl-plimsoll -f -a '(__plimsoll_complete)'
`,
};
