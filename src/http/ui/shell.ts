/**
 * The HTML of the dashboard. It holds no data: its script reads everything from the control API.
 * @module
 */

/** A bar chart in the page's blue, as a data URL. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%231f5fc4'/%3E%3Cpath d='M3 5h10M3 8h7M3 11h4' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

/** The page. Its files are addressed relative to `/__mock429/ui`, so that it also works below the prefix of a sandbox. */
export const SHELL = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>mock429</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="ui/app.css">
<script type="module" src="ui/app.js"></script>
</head>
<body>
<div id="app"></div>
<noscript><p>The dashboard needs JavaScript. Without it, the control API shows the same data: <a href="quotas">quotas</a>, <a href="requests">requests</a>, <a href="report?format=markdown">the verdict</a>.</p></noscript>
</body>
</html>
`;
