{{%AUTOESCAPE context="HTML"}}
<!doctype html>
<html lang="{{CODE}}" dir="{{DIRECTION}}">
<head>
<meta charset="utf-8">
<title>{{#HAS_PROBLEM}}{{_("Problem:")}} {{/HAS_PROBLEM}}{{TITLE}} – {{PORTAL}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{{static "mark.svg"}}" type="image/svg+xml">
<link rel="stylesheet" href="{{static "latchkey.css"}}">
{{#LOOK}}
<link rel="stylesheet" href="/o/{{NAME}}/{{SHEET}}">
{{/LOOK}}
<script src="{{static "latchkey.js"}}" defer></script>
</head>
<body>
<a class="skip" href="#main">{{_("Skip to the content")}}</a>
<header class="top">
<div class="frame">
<a class="portal" href="{{HOME}}">{{#MONOGRAM}}<span class="monogram" aria-hidden="true">{{LETTER}}</span>{{/MONOGRAM}}{{#OWN_MARK}}<img class="own-mark" src="/pictures/{{NAME}}/64.webp" alt="" width="32" height="32">{{/OWN_MARK}}{{#HAS_MARK}}<img src="{{static "mark.svg"}}" alt="" width="32" height="32">{{/HAS_MARK}}<bdi>{{PORTAL}}</bdi></a>
{{#SIGNED_IN}}
<div class="person">
{{#PORTRAIT}}
<img class="portrait" src="/pictures/{{NAME}}/64.webp" alt="" width="32" height="32">
{{/PORTRAIT}}
{{#INITIALS}}
<span class="portrait" aria-hidden="true">{{LETTERS}}</span>
{{/INITIALS}}
<span class="person-name"><span class="unseen">{{_("Signed in as")}}</span> <bdi>{{PERSON}}</bdi></span>
<form method="post" action="/logout">
<input type="hidden" name="csrf" value="{{CSRF}}">
<button class="quiet" type="submit">{{_("Sign out")}}</button>
</form>
</div>
{{/SIGNED_IN}}
</div>
</header>
<div class="frame body">
{{#HAS_PLACES}}
<nav class="places" aria-label="{{_("Places")}}">
<details class="fold"><summary>{{_("Menu")}}</summary></details>
<ul>
{{#PLACE}}
<li><a href="{{PATH}}"{{#IS_HERE}} aria-current="page"{{/IS_HERE}}{{#IS_ABOVE}} aria-current="true"{{/IS_ABOVE}}>{{LABEL}}</a>
{{#IS_HERE}}
{{#HAS_ANCHORS}}
<ul>
{{#ANCHOR}}
<li><a href="#{{ANCHOR_NAME}}">{{ANCHOR_TITLE}}</a></li>
{{/ANCHOR}}
</ul>
{{/HAS_ANCHORS}}
{{/IS_HERE}}
</li>
{{/PLACE}}
</ul>
</nav>
{{/HAS_PLACES}}
<main id="main" tabindex="-1">
{{#NOTICE}}
<p class="notice" id="notice" role="status" tabindex="-1">{{TEXT}}</p>
{{/NOTICE}}
{{#QUESTION}}
<p class="question">{{_("We have a new question for you. Answering it is up to you.")}} <a href="{{PATH}}">{{_("Read the question")}}</a></p>
{{/QUESTION}}
{{#IS_SAMPLE}}
<h1 class="unseen">{{_("Preview:")}} {{TITLE}}</h1><div inert>
{{/IS_SAMPLE}}
{{>CONTENT}}
{{#IS_SAMPLE}}
</div>
{{/IS_SAMPLE}}
</main>
</div>
<footer class="bottom">
<div class="frame">
<nav aria-label="{{_("Language")}}">
<ul class="languages">
{{#LANGUAGE}}
<li><a href="{{LINK}}" lang="{{CODE}}" hreflang="{{CODE}}"{{#IS_CURRENT}} aria-current="true"{{/IS_CURRENT}}>{{LANGUAGE_NAME}}</a></li>
{{/LANGUAGE}}
</ul>
</nav>
{{#SUPPORT}}
<p>{{_("Questions? Ask {ADDRESS}.")}}</p>
{{/SUPPORT}}
</div>
</footer>
</body>
</html>
