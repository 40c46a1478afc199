import { type MonitoringRoute, monitoredVersion } from "./routes.ts";

/** The page that links to all others. */
export function indexPage(routes: Readonly<Record<string, MonitoringRoute>>): string {
  const links = Object.entries(routes)
    .filter(([, { title }]) => title !== undefined)
    .map(([path, { title }]) => `<li><a href=".${path}">${title}</a> <code>${path}</code></li>`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Oxbow monitoring</title>
<style>body { font-family: system-ui, sans-serif; margin: 2rem } li { line-height: 1.8 }</style></head>
<body>
<h1>Oxbow</h1>
<p>NATS ${monitoredVersion}</p>
<ul>
${links.join("\n")}
</ul>
</body>
</html>
`;
}
