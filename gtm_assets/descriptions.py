"""What Dagster's pages say to people who do not know Dagster: what a thing is, where it comes from, when it moves, what to click.

One place, so that all pages speak alike. The first sentence stands alone in Dagster's lists. What belongs elsewhere: groups, kinds and
columns (``reporting`` and the assets themselves), the README.
"""

from __future__ import annotations

from collections.abc import Mapping


def _about(what: str, *, source: str, moves: str, click: str) -> str:
    return "\n\n".join(
        (what, f"**Where it comes from:** {source}", f"**When it moves:** {moves}", f"**What to click:** {click}")
    )


_NOTION = "every five minutes the schedule `notion_sync` reads Notion, and a row that changed gets a new event here."
_NOTION_CLICK = (
    "choose a row under *Partitions* to see what changed in it and when, with a link to Notion. **Materialize** reads Notion at once. "
    "Rows that can't be used are listed with the reason under *Events*."
)
_WITH_ACCOUNTS = "a few seconds after somebody changed the company or one of its people in SuperOffice, and when one of its texts changed."
_ACCOUNT_CLICK = (
    "search the account's number (the contact id) under *Partitions*; its page tells the account's story. **Materialize** brings the "
    "accounts that you choose up to date."
)

#: Dagster folds a description after about a dozen lines: the links come first, how to go about it after them.
START_HERE = """\
What to click first: this page leads to all others.

- **Marketing lead:** [what is written, approved, missing](/assets/coverage) · \
[read the texts](/assets/marketing_matrix?view=partitions) · \
[write a campaign's texts](/assets/campaign_matrix?view=partitions) · [how far it is](/runs?view=backfills)
- **RevOps engineer:** [the board: who needs a person](/assets/sync_board) · [performance](/assets/sync_performance) · \
[costs](/assets/text_costs) · \
[runs](/runs) · [sensors and schedule](/automation) · [one account's story](/assets/accounts?view=partitions)
- **CRM owner:** what was or would be written to [companies](/assets/contact_writeback?view=partitions) and to \
[persons](/assets/person_writeback?view=partitions)
- **Everybody:** [the whole path as a picture](/asset-groups)

Marketing keeps industries, roles and campaigns in Notion. From them and from companies' websites Gemini writes texts, people approve \
them, and the engine writes them into fields of SuperOffice. Everything it keeps is called an **asset**; its page says what it is, when \
it moves by itself and what to click. Nothing has to be started here: sensors and a schedule do that.

**Marketing lead**

- Open [coverage](/assets/coverage). Below, under *Metadata*, click *Show Markdown* beside *coverage*: it begins with what to do next.
- Read a text in the [marketing matrix](/assets/marketing_matrix?view=partitions): choose persona and vertical.
- Approve, reject or edit texts in Notion; [text_reviews](/assets/text_reviews) links what waits. In the terminal: `gtm review list`.
- Write a campaign: in the [campaign matrix](/assets/campaign_matrix?view=partitions) click *Materialize*, choose the campaign and all \
verticals, launch; or in the terminal `gtm backfill campaign "Messe 2026"`.
- Change [verticals](/assets/verticals?view=partitions), [personas](/assets/personas?view=partitions) and \
[campaigns](/assets/campaigns?view=partitions) in Notion; they are read within five minutes.

**RevOps engineer**

- The [board](/assets/sync_board) lists those that need a person first, with the reason and what to do.
- A failed [run](/runs) names its accounts and the reasons. All [sensors and the schedule](/automation) should be switched on.
- An [account](/assets/accounts?view=partitions) is found by its contact id; its page tells its story.
- In the terminal: `gtm doctor` looks at everything, `gtm board` and `gtm retry` are for accounts.

**CRM owner**

- Each event of [companies](/assets/contact_writeback?view=partitions) and [persons](/assets/person_writeback?view=partitions) lists \
the fields before and after. Drafts: `gtm plan`. Which field is which: `gtm fields`.
- Nothing is written while `SUPEROFFICE_ALLOW_LIVE_WRITE` is not `true`. What somebody entered in the CRM is never overwritten.

Sales reps need nothing of this: they see the fields in SuperOffice."""

ASSETS: Mapping[str, str] = {
    "start_here": START_HERE,
    "verticals": _about(
        "Industries that marketing addresses: definition, pains, gains, products, references.",
        source="the database of verticals in Notion; rows with status Active take part.",
        moves=_NOTION + " A changed vertical makes its texts be written anew, and they wait for a new verdict.",
        click=_NOTION_CLICK,
    ),
    "personas": _about(
        "Roles that marketing addresses: pains, gains, and the job titles that stand for the role.",
        source="the database of personas in Notion; rows with status Active take part.",
        moves=_NOTION + " Changed job titles make the engine decide again who is of which persona.",
        click=_NOTION_CLICK,
    ),
    "campaigns": _about(
        "Occasions with texts of their own, such as a trade fair.",
        source="the database of campaigns in Notion; rows with the box Active take part. The tag is what stands in a person's field "
        "MA_Campaign in SuperOffice.",
        moves=_NOTION + " A campaign that ends brings its people back to the standard texts.",
        click=_NOTION_CLICK + " A campaign's texts are written in [campaign_matrix](/assets/campaign_matrix).",
    ),
    "accounts": _about(
        "Companies as SuperOffice carries them, one page for each with its whole story.",
        source="SuperOffice: name, website, cities, VAT number and the fields that the engine owns.",
        moves=f"{_WITH_ACCOUNTS} The sensor `superoffice_changes` asks every five seconds.",
        click=f"{_ACCOUNT_CLICK} Where all of them stand is on the [board](/assets/sync_board).",
    ),
    "persons": _about(
        "The people of an account, and the persona that each job title stands for.",
        source="SuperOffice: title and position. A dictionary decides, no model; unknown is an answer, a guess is not.",
        moves=f"{_WITH_ACCOUNTS} Also when the job titles of a persona changed in Notion.",
        click=f"{_ACCOUNT_CLICK} Who gets no text is counted in [coverage](/assets/coverage).",
    ),
    "company_profile": _about(
        "What the company's website says: vertical with the words it rests on, summary, city and VAT number.",
        source="the company's website, read by Gemini. A vertical that a human chose in the CRM wins.",
        moves="when the website's address or its text changed, and when a vertical is new. Unchanged, it costs nothing.",
        click=f"{_ACCOUNT_CLICK} *evidence* are the words that the vertical rests on.",
    ),
    "marketing_matrix": _about(
        "The standard texts: subject, bridge and social proof for each persona and vertical.",
        source="Gemini, from the rows of Notion; checked by rules, approved by a person, used for everybody of that persona and vertical.",
        moves="by itself: a text that is missing or whose rows changed is written by the sensor `stale_texts`, and waits for review.",
        click="choose persona and vertical under *Partitions* to read a text. **Materialize** writes those of your choice that are not "
        "up to date; others cost nothing. Verdicts: `gtm review list`. How much is approved: [coverage](/assets/coverage).",
    ),
    "campaign_matrix": _about(
        "The same texts for an occasion: one page for each campaign and vertical, with a text for each persona.",
        source="Gemini, from the rows of Notion and the campaign's brief. People whose field MA_Campaign names the campaign get them; "
        "where one is missing or not approved they get the standard text.",
        moves="a campaign is written when somebody asks for it; from then on its texts are kept up to date by themselves.",
        click="**Materialize**, then choose the campaign and all verticals, then launch the backfill; [Backfills](/runs?view=backfills) "
        'shows how far it is. Or in the terminal: `gtm backfill campaign "Messe 2026"`.',
    ),
    "company_openers": _about(
        "One or two opening sentences that only fit this company.",
        source="Gemini, from the company's profile and website: each claim rests on a quote, and no other company has the same sentence. "
        "Checked by rules, approved by policy or by a person.",
        moves="when the profile, the website or the vertical changed.",
        click=_ACCOUNT_CLICK,
    ),
    "text_reviews": _about(
        "Verdicts of people on texts: how many wait, are approved or rejected, and what in Notion did not count and why.",
        source="the reviews database in Notion, one page a text; or `gtm review` in the terminal. A verdict is bound to exactly the text "
        "that stood on the page.",
        moves="within a minute after somebody set a status or edited a text in Notion, and when new texts need a page.",
        click="follow the links to Notion under *waiting_texts*. **Materialize** draws this page anew at once. In the terminal: "
        "`gtm review list`.",
    ),
    "contact_writeback": _about(
        "What was written to companies in SuperOffice: vertical, summary, openers, city, VAT number.",
        source="profile and openers, as far as the CRM carries something else. What a human entered stays.",
        moves="with the account. One request for each company, read back before it counts; nothing leaves while "
        "`SUPEROFFICE_ALLOW_LIVE_WRITE` is not `true`, then it is a plan (`gtm plan`).",
        click=f"{_ACCOUNT_CLICK} Each event lists the fields before and after.",
    ),
    "person_writeback": _about(
        "What was written to persons in SuperOffice: subject, bridge, social proof, unsubscribe link.",
        source="the text of the person's persona, vertical and campaign, as far as the CRM carries something else. What a human entered "
        "stays.",
        moves="with the account. One request for each person, read back before it counts; nothing leaves while "
        "`SUPEROFFICE_ALLOW_LIVE_WRITE` is not `true`, then it is a plan (`gtm plan`).",
        click=f"{_ACCOUNT_CLICK} Each event lists the fields before and after. One person's whole e-mail: `gtm preview <person id>`; "
        "where its words come from: *lineage*, and `gtm lineage person <person id>`.",
    ),
    "sync_board": _about(
        "Where every account stands: phase, reason, what to do, how long it took; those that need a person first.",
        source="the engine's own store.",
        moves="while accounts are worked on.",
        click="**Show Markdown** beside *board*, below under *Metadata*. **Materialize** draws it anew at once. In the terminal: "
        "`gtm board`.",
    ),
    "sync_performance": _about(
        "How fast the engine is and what went wrong: accounts and records over time, seconds in each phase, reasons by kind.",
        source="the engine's own store.",
        moves="when accounts were worked on, at most every 15 minutes.",
        click="**Show Markdown** beside *plots*, below under *Metadata*. **Materialize** draws it anew at once.",
    ),
    "coverage": _about(
        "Which texts there are for vertical, persona and campaign, and how many persons stand behind each.",
        source="the texts with their verdicts, and every living person of the CRM: approved, waiting for review, rejected by a reviewer or "
        "by the rules, lapsed, not written, falling back to the standard text. Who gets no text is counted with the reason.",
        moves="when Notion was read, texts were written or accounts were worked on, and something changed by it: at once for texts, at "
        "most once an hour where only few persons moved.",
        click="**Show Markdown** beside *coverage*, below under *Metadata*: it begins with what to do next. *open_texts* lists what is "
        "not approved, with links. **Materialize** draws it anew at once. In the terminal: `gtm coverage`.",
    ),
    "text_costs": _about(
        "What the model cost: by kind, campaign, day and text, and for each field in SuperOffice that carries one.",
        source="every request to Gemini, also those that failed, with its tokens; prices from a dated table (`GTM_MODEL_PRICES`). Wasted "
        "money, and requests whose answer was lost, stand apart.",
        moves="when a run asked the model, at most every 15 minutes.",
        click="**Show Markdown** beside *costs*, below under *Metadata*. **Materialize** draws it anew at once. In the terminal: "
        "`gtm costs`.",
    ),
}

JOBS: Mapping[str, str] = {
    "sync_notion": "Reads verticals, personas and campaigns from Notion. The schedule `notion_sync` starts it every five minutes; to read "
    "Notion at once, open *Launchpad* and click **Launch Run**.",
    "texts_up_to_date": """\
Writes the texts that are missing or whose rows in Notion changed. The sensor `stale_texts` starts it while there are any.

To ask for certain texts, write into *Launchpad* and click **Launch Run**:

```yaml
ops:
  write_stale_cells:
    config:
      campaign: Messe 2026
```

`vertical: <key>` asks for a vertical's texts, `keys: [<key>, …]` for single ones; `force: true` writes them again although nothing \
changed.""",
    "review_texts": "Reads from Notion what people decided about texts or wrote themselves, and makes a page there for every text "
    "that waits for a verdict. The sensor `text_verdicts` starts it.",
    "account_changes": """\
Reads what changed in SuperOffice and leads those accounts through research, texts and write-back. The sensor \
`superoffice_changes` starts it.

To work on certain accounts, write their contact ids into *Launchpad* and click **Launch Run**:

```yaml
ops:
  work_off_accounts:
    config:
      keys: ["4711", "4712"]
```

`sweep: true` instead of keys reads all accounts and persons.""",
}
#: The one step of each job; Dagster draws it with the first words.
OPS: Mapping[str, str] = {
    "sync_knowledge": "Reads Notion into the store.",
    "write_stale_cells": "Writes texts, with Gemini.",
    "work_off_accounts": "Leads accounts through all stages.",
    "sync_reviews": "Reads verdicts and edits from Notion, then brings the review pages up to date.",
}
SENSORS: Mapping[str, str] = {
    "text_verdicts": "Asks Notion every 15 seconds whether somebody approved, rejected or edited a text, and the store whether a text has "
    "no page yet; if so, it starts the job review_texts. Without a reviews database it does nothing. A tick that was skipped says why.",
    "superoffice_changes": "Asks SuperOffice every five seconds whether anything changed, and the store whether an account is due; if so, "
    "it starts the job account_changes. Leave it on: switched off, nothing arrives any more. A tick that was skipped says why.",
    "stale_texts": "Starts the job texts_up_to_date while a text is missing or its rows in Notion changed. Leave it on: switched off, "
    "texts grow old. A tick that was skipped says why.",
    "notion_sync": "Starts the job sync_notion, every five minutes unless GTM_NOTION_CRON says otherwise. Rows that did not change cost a "
    "few queries and nothing else.",
}
