// From values to beats of a bus of another size: the opposite of `fusewire_unpack`. The last value of a batch comes with
// `s_tlast`; its last beat is filled up with bytes whose strobe is not set.
module fusewire_pack #(
    parameter BUS = 64,
    parameter VALUE = 4
) (
    input  wire aclk,
    input  wire aresetn,
    input  wire [8*VALUE-1:0] s_tdata,
    input  wire s_tvalid,
    output wire s_tready,
    input  wire s_tlast,
    output wire [8*BUS-1:0] m_tdata,
    output wire [BUS-1:0] m_tstrb,
    output wire m_tvalid,
    input  wire m_tready,
    output wire m_tlast
);
    localparam HOLD = BUS + VALUE;
    localparam W = $clog2(HOLD + 1);
    localparam GRAIN = (VALUE & -VALUE) < BUS ? (VALUE & -VALUE) : BUS;
    localparam [W-1:0] BUS_W = BUS[W-1:0];
    localparam [W-1:0] VALUE_W = VALUE[W-1:0];
    localparam [W-1:0] PLACES = ~(GRAIN[W-1:0] - 1'b1);

    // `count` bytes that were not handed on; those above them are zero.
    reg [8*HOLD-1:0] hold;
    reg [W-1:0] count;
    // The last value of the batch is in.
    reg ending;

    wire full = count >= BUS_W;
    assign m_tdata = hold[8*BUS-1:0];
    assign m_tstrb = full ? {BUS{1'b1}} : ~({BUS{1'b1}} << count);
    assign m_tvalid = full || (ending && count != {W{1'b0}});
    assign m_tlast = ending && count <= BUS_W;
    wire take = m_tvalid & m_tready;
    wire [W-1:0] rest = !take ? count : full ? count - BUS_W : {W{1'b0}};
    assign s_tready = !ending && rest <= BUS_W;
    wire put = s_tvalid & s_tready;
    wire [8*HOLD-1:0] lowered = take ? {{8*BUS{1'b0}}, hold[8*HOLD-1:8*BUS]} : hold;
    wire [W+2:0] place = {rest & PLACES, 3'b000};
    wire [8*HOLD-1:0] raised = {{8*BUS{1'b0}}, s_tdata} << place;

    always_ff @(posedge aclk) begin
        if (!aresetn) begin
            hold <= {8*HOLD{1'b0}};
            count <= {W{1'b0}};
            ending <= 1'b0;
        end else begin
            hold <= put ? lowered | raised : lowered;
            count <= put ? rest + VALUE_W : rest;
            if (put & s_tlast) ending <= 1'b1;
            else if (take & m_tlast) ending <= 1'b0;
        end
    end
endmodule
