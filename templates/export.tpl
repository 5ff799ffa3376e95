{{%AUTOESCAPE context="HTML"}}
<!doctype html>
<html lang="{{CODE}}" dir="{{DIRECTION}}">
<head>
<meta charset="utf-8">
<title>{{TITLE}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<style>
:root { color-scheme: light dark; --line: #c9ced6; --quiet: #4d5766; --card: #fff; --page: #f3f5f8; --text: #161b22; }
@media (prefers-color-scheme: dark) { :root { --line: #3a424e; --quiet: #aab3c0; --card: #1b2027; --page: #11151a; --text: #edf0f4; } }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
       font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.2rem; margin: 0 0 .5rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; margin: 1rem 0; }
dl { display: grid; grid-template-columns: minmax(8rem, 1fr) 2fr; gap: .35rem 1rem; margin: 0; }
dt, .quiet { color: var(--quiet); }
dd { margin: 0; white-space: pre-line; }
ul { margin: 0; padding-inline-start: 1.2rem; }
li { margin: .35rem 0; }
li p { margin: 0; }
img { display: block; border-radius: 50%; }
code { font-family: ui-monospace, monospace; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-block-end: .5rem; } }
@media print { body { background: none; } section { break-inside: avoid; } }
</style>
</head>
<body>
<header>
<h1>{{TITLE}}</h1>
<p>{{WHAT}}</p>
<p class="quiet">{{_("It has your own data alone: no passwords, and nothing that names other people. Keep it where only you can read it.")}}</p>
</header>
<main>
<section>
<h2>{{_("What is in these files")}}</h2>
<ul>
<li><code dir="ltr">index.html</code>: {{_("this page, for reading")}}</li>
<li><code dir="ltr">profile.json</code>: {{_("your profile, for programs; another portal can take it in")}}</li>
<li><code dir="ltr">account.json</code>: {{_("organizations, sign-ins, consents and requests, for programs")}}</li>
<li><code dir="ltr">activity.json</code>: {{_("all that happened to your account, for programs")}}</li>
{{#HAS_PICTURE}}
<li><code dir="ltr">picture.png</code>: {{_("your picture")}}</li>
{{/HAS_PICTURE}}
</ul>
</section>
<section>
<h2>{{_("Profile")}}</h2>
{{#HAS_PICTURE}}
<img src="picture.png" alt="{{_("Your picture")}}" width="128" height="128">
{{/HAS_PICTURE}}
<dl>
{{#FIELD}}
<dt><bdi>{{LABEL}}</bdi></dt>
<dd><bdi>{{VALUE:p}}</bdi></dd>
{{/FIELD}}
</dl>
</section>
{{#LIST}}
<section>
<h2>{{TITLE}}</h2>
<ul>
{{#ITEM}}
<li>
<p><strong><bdi>{{NAME}}</bdi></strong></p>
<dl>
{{#FACT}}
<dt>{{LABEL}}</dt>
<dd><bdi>{{VALUE:p}}</bdi></dd>
{{/FACT}}
</dl>
</li>
{{/ITEM}}
</ul>
</section>
{{/LIST}}
<section>
<h2>{{_("Activity")}}</h2>
{{#NEWEST_ONLY}}
<p class="quiet">{{_("Only the newest stand here; all of them stand in activity.json.")}}</p>
{{/NEWEST_ONLY}}
<ul>
{{#EVENT}}
<li>
<p>{{WHAT}}</p>
{{#FIELDS}}
<ul>
{{#FIELD}}
<li><bdi>{{LABEL}}</bdi>{{#RULE}}: {{REASON}}{{/RULE}}</li>
{{/FIELD}}
</ul>
{{/FIELDS}}
{{#GIVEN}}
<p>{{_("Given:")}} <bdi>{{ROLES}}</bdi></p>
{{/GIVEN}}
{{#TAKEN}}
<p>{{_("Taken away:")}} <bdi>{{ROLES}}</bdi></p>
{{/TAKEN}}
{{#WHY}}
<p>{{_("Reason:")}} <bdi>{{REASON}}</bdi></p>
{{/WHY}}
<p class="quiet">{{DATE}}{{#DONE_BY}} · {{WHO}}{{/DONE_BY}}{{#PLACED}} · {{_("From the address")}} <bdi dir="ltr">{{ADDRESS}}</bdi>{{/PLACED}}</p>
</li>
{{/EVENT}}
</ul>
</section>
</main>
</body>
</html>
