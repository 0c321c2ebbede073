"""The map: every part of the HTTP API, and nothing else."""

from chalice.app import Chalice

from chalicelib import auth, middleware
from chalicelib.api import (
    accounts,
    adjustments,
    advances,
    batches,
    billing,
    billing_contacts,
    billing_events,
    bills,
    books,
    cards,
    cases,
    collateral,
    connector_events,
    connector_originals,
    connector_queue,
    connectors,
    entries,
    funding,
    holds,
    imports,
    invoices,
    keys,
    locations,
    member_accounts,
    members,
    meta,
    operators,
    partner_cases,
    partner_statements,
    partners,
    payees,
    payouts,
    positions,
    purchases,
    reconciliations,
    redemptions,
    settlements,
    sharing,
    statements,
    terms,
    trail,
    undoing,
    usage_plans,
    visits,
    webhook_endpoints,
    webhooks,
    windows,
)
from chalicelib.operations import PDF

app = Chalice(app_name="tessera", configure_logs=False)
app.api.binary_types.append(PDF)

app.register_blueprint(middleware.blueprint)
app.register_blueprint(auth.blueprint)
app.register_blueprint(members.resource.blueprint)
app.register_blueprint(cards.resource.blueprint)
app.register_blueprint(purchases.resource.blueprint)
app.register_blueprint(batches.resource.blueprint)
app.register_blueprint(redemptions.resource.blueprint)
app.register_blueprint(holds.resource.blueprint)
app.register_blueprint(undoing.resource.blueprint)
app.register_blueprint(sharing.resource.blueprint)
app.register_blueprint(entries.resource.blueprint)
app.register_blueprint(visits.resource.blueprint)
app.register_blueprint(bills.resource.blueprint)
app.register_blueprint(invoices.resource.blueprint)
app.register_blueprint(billing.resource.blueprint)
app.register_blueprint(billing_contacts.resource.blueprint)
app.register_blueprint(billing_events.resource.blueprint)
app.register_blueprint(payees.resource.blueprint)
app.register_blueprint(collateral.resource.blueprint)
app.register_blueprint(advances.resource.blueprint)
app.register_blueprint(partners.resource.blueprint)
app.register_blueprint(funding.resource.blueprint)
app.register_blueprint(terms.resource.blueprint)
app.register_blueprint(locations.resource.blueprint)
app.register_blueprint(keys.resource.blueprint)
app.register_blueprint(usage_plans.resource.blueprint)
app.register_blueprint(operators.resource.blueprint)
app.register_blueprint(trail.resource.blueprint)
app.register_blueprint(imports.resource.blueprint)
app.register_blueprint(positions.resource.blueprint)
app.register_blueprint(windows.resource.blueprint)
app.register_blueprint(settlements.resource.blueprint)
app.register_blueprint(books.resource.blueprint)
app.register_blueprint(statements.resource.blueprint)
app.register_blueprint(partner_statements.resource.blueprint)
app.register_blueprint(adjustments.resource.blueprint)
app.register_blueprint(cases.resource.blueprint)
app.register_blueprint(partner_cases.resource.blueprint)
app.register_blueprint(reconciliations.resource.blueprint)
app.register_blueprint(payouts.resource.blueprint)
app.register_blueprint(member_accounts.resource.blueprint)
app.register_blueprint(accounts.resource.blueprint)
app.register_blueprint(webhook_endpoints.resource.blueprint)
app.register_blueprint(connectors.resource.blueprint)
app.register_blueprint(connector_events.resource.blueprint)
app.register_blueprint(connector_queue.resource.blueprint)
app.register_blueprint(connector_originals.resource.blueprint)
app.register_blueprint(webhooks.resource.blueprint)
app.register_blueprint(meta.resource.blueprint)
