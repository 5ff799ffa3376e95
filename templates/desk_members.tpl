{{%AUTOESCAPE context="HTML"}}
<h1>{{_("Members")}}</h1>
<p class="lead" id="total">{{TOTAL}}</p>
{{#SEARCH}}
<form class="card task search" method="get" action="{{PATH}}" role="search" data-search="members" data-trouble="{{_("The list could not be fetched. Press Search to try again.")}}">
<div class="field">
<label for="q">{{_("Find members")}}</label>
<p class="help" id="q-help">{{_("The beginning of a name, a username or an address. Several words must all fit.")}}</p>
<input id="q" name="q" type="search" value="{{Q}}" dir="auto" maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="q-help">
</div>
<details class="filters"{{#IS_OPEN}} open{{/IS_OPEN}}>
<summary>{{_("Filter and sort")}}</summary>
<div class="filter-row">
<div class="field">
<label for="role">{{_("Role")}}</label>
<select id="role" name="role">
<option value="">{{_("Any")}}</option>
{{#ROLE}}
<option value="{{VALUE}}"{{#IS_PICKED}} selected{{/IS_PICKED}}>{{LABEL}}</option>
{{/ROLE}}
</select>
</div>
<div class="field">
<label for="state">{{_("State")}}</label>
<select id="state" name="state">
<option value="">{{_("Any")}}</option>
{{#STATE}}
<option value="{{VALUE}}"{{#IS_PICKED}} selected{{/IS_PICKED}}>{{LABEL}}</option>
{{/STATE}}
</select>
</div>
{{#CONNECTIONS}}
<div class="field">
<label for="connection">{{_("Signs in with")}}</label>
<select id="connection" name="connection">
<option value="">{{_("Any")}}</option>
{{#CONNECTION}}
<option value="{{VALUE}}"{{#IS_PICKED}} selected{{/IS_PICKED}}>{{LABEL}}</option>
{{/CONNECTION}}
</select>
</div>
{{/CONNECTIONS}}
<div class="field">
<label for="sort">{{_("Sorted by")}}</label>
<select id="sort" name="sort">
{{#SORT}}
<option value="{{VALUE}}"{{#IS_PICKED}} selected{{/IS_PICKED}}>{{LABEL}}</option>
{{/SORT}}
</select>
</div>
</div>
</details>
<p class="save"><button type="submit">{{_("Search")}}</button></p>
</form>
{{/SEARCH}}
<p class="found" role="status" id="found">{{FOUND}}</p>
<div id="members">
{{#LIST}}
<div class="card listed">
<table>
<caption class="unseen">{{_("Members")}}</caption>
<thead>
<tr><th scope="col">{{_("Name and e-mail address")}}</th><th scope="col">{{_("Roles")}}</th><th scope="col">{{_("State")}}</th><th scope="col">{{_("Joined")}}</th></tr>
</thead>
<tbody>
{{#MEMBER}}
<tr>
<th scope="row"><div class="whose">{{#PORTRAIT}}<img class="portrait" src="/pictures/{{NAME}}/64.webp" alt="" width="32" height="32" loading="lazy">{{/PORTRAIT}}{{#INITIALS}}<span class="portrait" aria-hidden="true">{{LETTERS}}</span>{{/INITIALS}}<div><a href="{{PATH}}"><bdi>{{NAME}}</bdi></a>{{#HAS_EMAIL}} <span class="help"><bdi dir="ltr">{{EMAIL}}</bdi></span>{{/HAS_EMAIL}}</div></div></th>
<td>{{#HAS_ROLES}}<bdi>{{ROLES}}</bdi>{{/HAS_ROLES}}</td>
<td><span class="mark{{#IS_HELD}} open{{/IS_HELD}}">{{STATE}}</span></td>
<td>{{JOINED}}</td>
</tr>
{{/MEMBER}}
</tbody>
</table>
</div>
{{/LIST}}
{{#NOBODY_FITS}}
<section class="card task">
<p>{{_("No member fits. Try fewer letters, another spelling, or fewer filters.")}}</p>
<p class="hints"><a href="{{ALL_PATH}}">{{_("All members")}}</a>{{#INVITE}} <a href="{{PATH}}">{{_("Invite people")}}</a>{{/INVITE}}</p>
</section>
{{/NOBODY_FITS}}
{{#SEARCH_ON}}
<section class="card task">
<p>{{_("Very many members had to be looked through, and nobody fits so far. Search on, or type one more letter.")}}</p>
</section>
{{/SEARCH_ON}}
{{#BEHIND_THE_END}}
<section class="card task">
<p>{{_("The list ends before this page.")}}</p>
<p class="hints"><a href="{{ALL_PATH}}">{{_("All members")}}</a></p>
</section>
{{/BEHIND_THE_END}}
{{#NOBODY}}
<section class="card task">
<p>{{_("Nobody is a member yet. People join when they accept an invitation, or by signing in where the organization has it so.")}}</p>
<p class="hints">{{#INVITE}}<a href="{{PATH}}">{{_("Invite people")}}</a>{{/INVITE}}</p>
</section>
{{/NOBODY}}
{{#WAYS}}
<nav class="ways" aria-label="{{_("Pages")}}">
{{#PREVIOUS}}
<a href="{{PATH}}" rel="prev">{{_("Previous page")}}</a>
{{/PREVIOUS}}
{{#NEXT}}
<a href="{{PATH}}" rel="next">{{_("Next page")}}</a>
{{/NEXT}}
</nav>
{{/WAYS}}
</div>
