Feature: Redfish, the protocol

  @RF-010 @MUST @R @RF:6+
  Scenario: RF-010 Headers of a read
    OData-Version 4.0, a JSON media type, Cache-Control, and Allow with the methods of the resource.

    When the client reads the service root and the chassis collection
    Then each answer carries OData-Version, Content-Type, Cache-Control and Allow

  @RF-011 @MUST @R @RF:6.5+
  Scenario: RF-011 Entity tags
    The ETag header is the @odata.etag of the body; a read that names it in If-None-Match gets 304 without a body,
    one that names another gets the resource.

    When the client reads a resource that does not change, with its tag and with another one
    Then the tag of header and body are the same
    And the first read gets 304 without a body, the second one the resource

  @RF-012 @MUST @R @RF:7+
  Scenario: RF-012 HEAD is GET without a body
    The same status, the same media type and tag, and no body.

    When the client asks for a resource that does not change with GET and with HEAD
    Then both answers have the same status, media type and tag, and HEAD has no body

  @RF-013 @MUST @R @RF:8+
  Scenario: RF-013 What is not there is said in Redfish
    Status 404 with an error object whose messages have a MessageId of a registry.

    When the client reads a resource that does not exist
    Then the answer is 404 with an error object

  @RF-014 @MUST @R @RF:6+
  Scenario: RF-014 A version of OData that is not offered
    A request with OData-Version 4.1 gets 412, one with 4.0 is answered.

    When the client reads the service root as OData 4.0 and 4.1
    Then the first is answered and the second gets 412

  @RF-015 @MUST @N @RF:7+
  Scenario: RF-015 A method that a resource does not take
    Status 405 with Allow, and the resource is what it was.

    When the client sends DELETE and PUT to the service root and the chassis collection
    Then each answer is 405 with the methods that are taken

  @RF-016 @SHOULD @R @RF:7+
  Scenario: RF-016 A query option that is not known
    An option with $ that the service does not know gets 501 or 400; one without $ is ignored.

    When the client reads the service root with "?$dpo_unknown" and with "?dpo_unknown=1"
    Then the first is refused and the second answered
