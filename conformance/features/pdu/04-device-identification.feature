Feature: Read Device Identification (function 43, MEI type 14)
  MODBUS Application Protocol V1.1b3, 6.21.

  @MB-PDU-049 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-049 Basic identification
    Vendor name, product code and revision are present, and the conformity level is returned.

    When the client sends the request 2B 0E 01 00
    Then the identification holds the objects 0 to 2

  @MB-PDU-050 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-050 Basic identification is readable
    The three basic objects are printable ASCII, not empty.

    When the client sends the request 2B 0E 01 00
    Then each object of the identification is printable text

  @MB-PDU-051 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-051 Regular and extended identification
    Access types 02 and 03 return what the device has, at least the basic objects.

    When the client sends the request 2B 0E 02 00
    And the client sends the request 2B 0E 03 00
    Then the identification holds the objects 0 to 2

  @MB-PDU-052 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-052 One object
    Access type 04 for object 01 returns exactly that object.

    When the client sends the request 2B 0E 04 01
    Then the identification holds object 1 alone

  @MB-PDU-053 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-053 One object that does not exist
    Access type 04 for an unknown object is refused with exception 02.

    When the client sends the request 2B 0E 04 7F
    Then each answer is exception 02

  @MB-PDU-054 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-054 Access types that do not exist
    Access types 00 and 05 are refused with exception 03.

    When the client sends the request 2B 0E 00 00
    And the client sends the request 2B 0E 05 00
    Then each answer is exception 03

  @MB-PDU-055 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-055 Stream access from an unknown object
    The device starts again at object 0.

    When the client sends the request 2B 0E 01 7F
    Then the identification holds the objects 0 to 2

  @MB-PDU-056 @MUST @R @AP:6.21 @needs:fc2B
  Scenario: MB-PDU-056 The stream of objects ends
    Following NextObjectId lists every object once and comes to an end.

    When the client follows the stream of identification objects
    Then every object came once
