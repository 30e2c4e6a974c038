export const USAGE = `Usage:
  npm start                      the gateway, or the role that ROLE names
  npm run import -- FILE         imports a directory file
  npm run import -- --dry-run FILE       reports what importing it would change, and changes nothing
  npm run import -- [--create] [--rename] FILE   may make a new account beside others, may change an account's name
  npm run -s import -- --schema  prints the JSON Schema of directory files
  npm run -s token -- ACCOUNT [SCOPE ...]   prints a new API token of an account
  npm run -s token -- ACCOUNT --client ID [SCOPE ...]   prints one for a frontend whose documents are registered
  npm run token -- --revoke TOKEN        ends an API token
  npm run -s zones -- [DIR]         prints the interviews that a newer release of the tz database would move: that of this
                                 machine, or of a directory of compiled zones
  npm run -s documents -- PATH --account ACCOUNT --client ID [--only]   registers the documents of a frontend, of the .graphql
                                 files under a directory or of a manifest; with --only it may send nothing else
  npm run -s schema:print        prints schema.graphql
  npm run -s findings:print      prints the table of findings, as src/scheduling/README.md has it
  npm run -s errors:print        prints the tables of request errors and of close codes, as src/gateway/README.md has them`;
