// Runs in the browser after GraphiQL's own script. `panes` is a constant of the page: see graphiql.ts.

/** A storage that ends with the browser's tab, so that no token outlives it. Each pane has its own keys. */
const storageOf = (name) => ({
  getItem: (key) => sessionStorage.getItem(`${name}/${key}`),
  setItem: (key, value) => sessionStorage.setItem(`${name}/${key}`, value),
  removeItem: (key) => sessionStorage.removeItem(`${name}/${key}`),
  clear: () => sessionStorage.clear(),
  get length() {
    return sessionStorage.length;
  },
});

const DAY_MS = 24 * 60 * 60 * 1000;
const below = (limit) => Math.floor(Math.random() * limit);

/** A working hour in one of the next years: very probably, all interviewers are free then. */
function variablesWithStart() {
  const time = new Date(Date.now() + (30 + below(1500)) * DAY_MS);
  const isWeekend = time.getUTCDay() % 6 === 0;
  if (isWeekend) time.setUTCDate(time.getUTCDate() + 2);
  time.setUTCHours(10 + below(6), 15 * below(4));
  return JSON.stringify({ startTime: time.toISOString().slice(0, 16) }, null, 2);
}

/** Once an interview is created, its time is taken: puts another one into the variables beside the answer. */
monaco.editor.onDidCreateModel((response) => {
  const { path } = response.uri;
  if (!path.endsWith("response.json")) return;
  response.onDidChangeContent(() => {
    if (!/"createInterview": \{\s*"interview"/.test(response.getValue())) return;
    const variables = monaco.editor.getModels().find(({ uri }) => uri.path === path.replace("response", "variables"));
    if (variables?.getValue().includes("startTime")) variables.setValue(variablesWithStart());
  });
});

/** What was open before the page was loaded again. GraphiQL looks for it among its tabs, and opens an empty one otherwise. */
function openTab(storage) {
  const { tabs, activeTabIndex } = JSON.parse(storage.getItem("graphiql:tabState") ?? '{ "tabs": [] }');
  return tabs[activeTabIndex];
}

for (const { name, title, query, headers, needsStart } of panes) {
  const storage = storageOf(name);
  const variables = needsStart ? variablesWithStart() : undefined;
  const open = openTab(storage);
  YogaGraphiQL.renderYogaGraphiQL(document.body.appendChild(document.createElement("main")), {
    title,
    headers,
    defaultTabs: [{ query, headers, variables }],
    // The panes share the page's address, where the query would be kept.
    onEditQuery: () => {},
    initialQuery: open?.query,
    initialHeaders: open?.headers ?? headers,
    initialVariables: open ? open.variables : variables,
    storage,
    showPersistHeadersSettings: false,
    defaultEditorToolsVisibility: needsStart ? "variables" : "headers",
  });
}
