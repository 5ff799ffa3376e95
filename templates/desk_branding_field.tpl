{{%AUTOESCAPE context="HTML"}}
<div class="field{{#IS_WRONG}} wrong{{/IS_WRONG}}">
<label for="f-{{NAME}}">{{LABEL}}</label>
{{#HELP}}
<p class="help" id="f-{{NAME}}-help">{{TEXT}}</p>
{{/HELP}}
{{#PROBLEM}}
<p class="problem" id="f-{{NAME}}-problem">{{TEXT}}</p>
{{/PROBLEM}}
{{#PLAIN}}
<input id="f-{{NAME}}" name="{{NAME}}" type="text" value="{{VALUE}}" dir="{{DIRECTION_OF_VALUE}}" autocomplete="off" spellcheck="false"{{#IS_COLOUR}} data-colour{{/IS_COLOUR}}{{#DESCRIBED}} aria-describedby="{{NOTES}}"{{/DESCRIBED}}{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
{{/PLAIN}}
{{#LINE}}
<input id="f-{{NAME}}" name="{{NAME}}" type="text" value="{{VALUE}}" lang="{{LANGUAGE}}" dir="{{DIRECTION_OF_VALUE}}" autocomplete="off"{{#DESCRIBED}} aria-describedby="{{NOTES}}"{{/DESCRIBED}}{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
{{/LINE}}
{{#LINES}}
<textarea id="f-{{NAME}}" name="{{NAME}}" rows="2" lang="{{LANGUAGE}}" dir="{{DIRECTION_OF_VALUE}}" autocomplete="off"{{#DESCRIBED}} aria-describedby="{{NOTES}}"{{/DESCRIBED}}{{#IS_WRONG}} aria-invalid="true"{{/IS_WRONG}}>
{{VALUE:p}}</textarea>
{{/LINES}}
{{#STORED}}
<p class="stored">{{_("Stored now:")}}{{#HAS_STORED}} <bdi>{{TEXT}}</bdi>{{/HAS_STORED}}{{#NOTHING_STORED}} {{_("Not set")}}{{/NOTHING_STORED}}</p>
{{/STORED}}
</div>
